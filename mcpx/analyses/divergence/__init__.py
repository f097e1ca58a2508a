"""What a live server does otherwise than its recording says; pure."""
