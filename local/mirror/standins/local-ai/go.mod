module hegemonikon.local/local-ai

go 1.22
