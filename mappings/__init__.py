"""The rules: from issues and a registry to links, numbers and health. Pure: no clock, no files, no network."""
