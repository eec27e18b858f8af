module hegemonikon.local/k0s

go 1.22
