"""Weighted coefficients and intervals in closed form, by irrCAC 0.4.4 (Python).

In an environment with it: python agreement_weighted.py > agreement_weighted.csv
"""

import sys

WEIGHTS = ["identity", "linear", "quadratic", "ordinal", "ratio"]


def main():
    """Write one row per case, statistic and weights, with the 95 % interval."""
    import numpy as np
    import pandas as pd
    from agreement import cases
    from irrCAC.raw import CAC

    write = sys.stdout.write
    write("case,statistic,weights,value,se,software\n")
    for case, units in cases().items():
        data = np.array(units, dtype=float)
        options = sorted(set(data[~np.isnan(data)]))
        for weights in WEIGHTS:
            cac = CAC(pd.DataFrame(data), weights=weights, categories=options, digits=12)
            found = {"fleiss_kappa": cac.fleiss(), "gwet_ac1": cac.gwet(), "brennan_prediger": cac.bp()}
            if weights == "identity":
                found["krippendorff_alpha"] = cac.krippendorff()
            if data.shape[1] == 2:
                found["cohen_kappa"] = cac.conger()
            for name, each in found.items():
                value, se = each["est"]["coefficient_value"], each["est"]["se"]
                write(f"{case},{name},{weights},{value:.12g},{se:.12g},irrCAC 0.4.4\n")


if __name__ == "__main__":
    main()
