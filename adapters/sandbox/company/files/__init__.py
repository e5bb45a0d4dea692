"""The made-up company's config and registry, dated for 2026-11-18, as a user would write them."""
