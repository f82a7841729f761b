"""One output format per file: Report -> str."""
