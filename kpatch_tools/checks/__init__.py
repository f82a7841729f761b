"""One check per file: Case -> Finding*."""
