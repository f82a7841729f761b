"""Wrong copies of C functions, one small change each: what the mutation benchmark runs."""
