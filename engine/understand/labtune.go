package understand

var labTune = defaultTuning
