"""What facts make of meetings and courses: no database, no clock."""
