"""Draw charts as SVG, without scripts."""
