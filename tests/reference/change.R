# Reference values for tests/test_cohort.py: Rscript change.R, in this folder   (R 4.2.2, nlme 3.1-162, lme4 1.1-31)
# Writes change_data.csv (made-up scores, with dropout and gaps) and change.csv (wave against wave 1).
suppressMessages({library(nlme); library(lme4)})
set.seed(2007)
people <- data.frame(candidate = sprintf("K%03d", 1:96), centre = rep(LETTERS[1:8], each = 12))
data <- merge(people, data.frame(wave = 1:3))
place <- match(data$centre, LETTERS)
own <- rnorm(8, 0, 0.4)[place] + rnorm(96, 0, 0.7)[match(data$candidate, people$candidate)]
data$self_management <- round(3 + own + 0.15 * (data$wave - 1) + rnorm(nrow(data), 0, 0.5), 1)
data <- data[runif(nrow(data)) > ifelse(data$wave == 1, 0, 0.2), ]
data <- data[order(data$candidate, data$wave), ]
write.csv(data, "change_data.csv", row.names = FALSE, quote = FALSE)

rows <- NULL
add <- function(case, model) {
  keep <- grep("wave", rownames(summary(model)$tTable))
  bounds <- intervals(model, which = "fixed", level = 0.95)$fixed[keep, ]
  found <- summary(model)$tTable[keep, ]
  rows <<- rbind(rows, data.frame(case = case, software = "nlme", wave = 2:3, estimate = bounds[, "est."],
    ci_low = bounds[, "lower"], ci_high = bounds[, "upper"], standard_error = found[, "Std.Error"], df = found[, "DF"]))
}
add("eight", lme(self_management ~ factor(wave), random = ~ 1 | centre / candidate, data = data))
four <- data[data$centre %in% LETTERS[1:4], ]
add("four", lme(self_management ~ factor(wave) + centre, random = ~ 1 | candidate, data = four))
add("one", lme(self_management ~ factor(wave), random = ~ 1 | candidate, data = data[data$centre == "A", ]))
second <- coef(summary(lmer(self_management ~ factor(wave) + (1 | centre / candidate), data = data)))[2:3, ]
rows <- rbind(rows, data.frame(case = "eight", software = "lme4", wave = 2:3, estimate = second[, "Estimate"],
  ci_low = NA, ci_high = NA, standard_error = second[, "Std. Error"], df = NA))
write.csv(format(rows, digits = 10), "change.csv", row.names = FALSE, quote = FALSE)
