"""The smaller commands, one module each: requests in, texts and files out.

Each is loaded when it is asked for.
"""
