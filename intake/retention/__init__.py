"""How long what people told the clinic is kept, and how it is deleted without a trace."""
