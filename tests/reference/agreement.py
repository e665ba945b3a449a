"""Reference values for test_coefficients.py, by krippendorff 0.9.0 and irrCAC 0.4.4 (Python).

In an environment with both: (python agreement.py; Rscript agreement.R) > agreement.csv
"""

import sys

CANONICAL = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
FLEISS = """
00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006
"""


def cases():
    """Units × coders per case, None for missing."""
    coders = [[int(c) if c != "." else None for c in line] for line in CANONICAL]
    table3 = {(1, 1): 13, (2, 2): 20, (2, 3): 7, (3, 2): 4, (3, 3): 56}
    table2 = {(1, 1): 20, (1, 2): 5, (2, 1): 10, (2, 2): 15}
    counts = [[int(n) for n in row] for row in FLEISS.split()]
    return {
        "canonical": [list(unit) for unit in zip(*coders, strict=True)],
        "table3": [list(cell) for cell, n in table3.items() for _ in range(n)],
        "table2": [list(cell) for cell, n in table2.items() for _ in range(n)],
        "fleiss1971": [[k + 1 for k, n in enumerate(row) for _ in range(n)] for row in counts],
    }


def main():
    """Write one row per case, statistic and level."""
    import krippendorff
    import numpy as np
    import pandas as pd
    from irrCAC.raw import CAC

    write = sys.stdout.write
    write("case,statistic,level,value,software\n")
    for case, units in cases().items():
        data = np.array(units, dtype=float)
        for level in ("nominal", "ordinal", "interval", "ratio"):
            alpha = krippendorff.alpha(reliability_data=data.T, level_of_measurement=level)
            write(f"{case},krippendorff_alpha,{level},{alpha:.12g},krippendorff 0.9.0\n")
        cac = CAC(pd.DataFrame(data), categories=sorted(set(data[~np.isnan(data)])), digits=12)
        for name, found in (("fleiss_kappa", cac.fleiss()), ("gwet_ac1", cac.gwet())):
            write(f"{case},{name},,{found['est']['coefficient_value']:.12g},irrCAC 0.4.4\n")
        write(f"{case},percent_agreement,,{cac.gwet()['est']['pa']:.12g},irrCAC 0.4.4\n")


if __name__ == "__main__":
    main()
