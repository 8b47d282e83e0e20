"""What every resource promises: its list, its rows, filters, formats, who may what, errors, and how much is asked."""
