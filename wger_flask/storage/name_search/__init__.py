"""Search rows by name: the index, the folding of letters, and the search itself."""
