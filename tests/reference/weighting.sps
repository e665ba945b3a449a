* Run by weighting.py beside raw.sav, which that script writes. Fourteen decimals, so that ten can be compared.
SET FORMAT=F20.14.
GET FILE='raw.sav'.
VALUE LABELS forward_1 TO forward_3 1 'nooit' 2 'bijna nooit' 3 'soms' 4 'bijna altijd' 5 'altijd'
  /backward_1 TO backward_3 1 'altijd' 2 'bijna altijd' 3 'soms' 4 'bijna nooit' 5 'nooit' 9 'geen idee'
  /other_1 TO other_2 1 'in elk geval' 5 'in geen geval'.
MISSING VALUES backward_1 TO backward_3 (9).
WEIGHT BY weging_van_de_respondent.
SAVE OUTFILE='weighting.sav'.
GET FILE='weighting.sav'.
RECODE forward_1 TO other_2 (-99=SYSMIS).
RECODE backward_1 TO backward_3 other_1 TO other_2 (1=5) (2=4) (4=2) (5=1).
DESCRIPTIVES VARIABLES=forward_1 TO other_2 /MISSING=VARIABLE /STATISTICS=MEAN STDDEV.
WEIGHT OFF.
SELECT IF weging_van_de_respondent > 0.
DESCRIPTIVES VARIABLES=forward_1 TO other_2 /MISSING=VARIABLE /STATISTICS=MEAN STDDEV.
