"""What a run says: one document (`schema`), and its faces: HTML page, Markdown, terminal."""
