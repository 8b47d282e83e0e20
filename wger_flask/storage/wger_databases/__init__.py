"""Databases that wger made: which release it was, what older ones lack, and what is noted for wger itself."""
