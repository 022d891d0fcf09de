"""Pages of training, a file per reader."""
