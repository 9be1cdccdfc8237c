"""Staff records, and what a return is made of: no stage of the pipeline knows of them."""
