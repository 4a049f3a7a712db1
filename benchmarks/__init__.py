"""What Headrace costs, measured: each figure beside a limit or a peer that was measured in the same run."""
