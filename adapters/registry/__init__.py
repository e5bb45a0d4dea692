"""Where objectives and key results are declared: TOML files in git, and the progress file beside them."""
