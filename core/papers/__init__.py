"""What submissions, reviews, deadlines and the lottery share about a paper: its model, and every statement on
papers, their rounds, their events and their reviews."""
