; The labels of a function's body.
(labeled_statement label: (statement_identifier) @label)
