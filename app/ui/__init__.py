"""Everything with pixels. Widgets call the session's verbs and hear its signals."""
