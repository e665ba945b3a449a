# Cohen's kappa for test_coefficients.py, by psych: see agreement.py, which makes the rest.
suppressMessages(library(psych))
table3 <- matrix(c(13, 0, 0, 0, 20, 7, 0, 4, 56), 3, byrow = TRUE)
table2 <- matrix(c(20, 5, 10, 15), 2, byrow = TRUE)
software <- paste("R psych", packageVersion("psych"))
for (case in list(list("table3", table3), list("table2", table2)))
  cat(case[[1]], "cohen_kappa", "", format(cohen.kappa(case[[2]])$kappa, digits = 12), software, sep = ",", fill = TRUE)
