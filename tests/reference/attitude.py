"""Make attitude.csv, the table that statistical packages print of public data, from attitude_data.csv.

Data: Chatterjee and Price (1977), Regression Analysis by Example, section 3.7: percentages of favourable
answers in 30 departments; R's dataset `attitude` (vincentarelbundock/Rdatasets, csv/datasets/attitude.csv).
"""

from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
data = pd.read_csv(HERE / "attitude_data.csv")
table = data.agg(["mean", "std"]).T.map(lambda x: f"{x:.2f}").rename(columns={"std": "sd"})
quartiles = (
    data.quantile([0.25, 0.5, 0.75]).T.map(lambda x: f"{x:.2f}").set_axis(["q1", "median", "q3"], axis=1)
)
table = table.join(quartiles).assign(n=len(data), options="0..100", ddof=1, quartiles="linear")
table.rename_axis("label").to_csv(HERE / "attitude.csv", lineterminator="\n")
