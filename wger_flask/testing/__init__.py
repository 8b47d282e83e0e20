"""A kit for the tests of plugins: a server on a database of its own, accounts with tokens, clients, a contract suite.

:mod:`.plugin` has the fixtures, for pytest, and the option ``--wger-resource``, which runs :mod:`.contract` over a
resource.  What else is here needs no pytest.
"""
