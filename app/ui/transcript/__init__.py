"""The transcript: one painted surface per conversation; data -> blocks -> layout -> paint."""
