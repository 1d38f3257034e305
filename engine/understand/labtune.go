package understand

var labTune = defaultTuning
var labMask = 0
