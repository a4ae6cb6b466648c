"""What the grounding check's combiner was trained with: invented transcripts, claims labelled by hand, and the fit."""
