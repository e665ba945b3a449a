# Expected number of codes over all orders of interviews: vegan's exact accumulation curve.
# Rscript tests/reference/saturation.R > tests/reference/saturation.csv   (R 4.2.2, vegan 2.6.4, November 2026)
suppressMessages(library(vegan))
has <- rbind(
  c(1, 1, 0, 0, 0, 0), c(1, 0, 1, 0, 0, 0), c(1, 1, 1, 0, 0, 0), c(0, 0, 0, 0, 0, 0), c(1, 0, 0, 1, 0, 0),
  c(1, 1, 0, 1, 1, 0), c(0, 1, 0, 0, 0, 0), c(1, 0, 1, 0, 0, 1), c(1, 1, 0, 0, 0, 0))
curve <- specaccum(has, method = "exact")
write.csv(data.frame(interviews = curve$sites, expected = sprintf("%.10f", curve$richness)), row.names = FALSE, quote = FALSE)
