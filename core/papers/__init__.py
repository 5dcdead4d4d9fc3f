"""What submissions, reviews, deadlines and the lottery share about a paper."""
