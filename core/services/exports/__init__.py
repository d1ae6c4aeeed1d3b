"""Lists as files: every row of a list, in the order and the columns a person sees."""
