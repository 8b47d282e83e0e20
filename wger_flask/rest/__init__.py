"""Know HTTP, and how a declared resource behaves on it; know nothing of fitness.

Read :mod:`.resource` (what is declared), :mod:`.views` (the recipe that every request of
every resource runs) and :mod:`.blueprint` (how the two become Flask routes), in this order.
"""
