"""How a server is run: whether it is well, what it counts and logs, and what is wrong with it."""
