"""Small pieces that every page shares; none of them knows a page or a service."""
