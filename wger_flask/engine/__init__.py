"""Compute training, nutrition and trophies from plain values.

Everything here is a function of its arguments: frozen dataclasses go in, frozen dataclasses
come out.  No module of this package opens a database, reads a clock, knows a web framework
or imports anything but the standard library.  "Today", unit names and words of the
interface language are arguments like any other.  That keeps the arithmetic testable with
tables of numbers, and lets a plugin or a script use it without a server.
"""
