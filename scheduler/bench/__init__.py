"""Problems to measure the engine on, made on real streets."""
