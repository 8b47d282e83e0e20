"""The exercise catalogue: what everybody reads and contributors write."""
