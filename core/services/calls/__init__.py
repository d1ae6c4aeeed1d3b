"""The calls made to gateways, as a list of any length."""
