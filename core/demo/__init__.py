"""An invented shop in Kigali, to try everything with no account anywhere."""
