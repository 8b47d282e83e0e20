"""Know HTTP, and how a declared resource behaves on it; know nothing of fitness.

Read :mod:`.resource` (what is declared), :mod:`.dispatch` (what every request runs), :mod:`.views`
(the handlers) and :mod:`.blueprint` (how they become Flask routes), in this order.
"""
