"""What a visit may never do: rules as data packs, judged before planning and again on the finished plan."""
