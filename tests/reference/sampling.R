# Reference values for tests/test_estimates.py: Rscript sampling.R > sampling.csv
# Made with R 4.2.2 and survey 4.1.1.
suppressMessages(library(survey))
rows <- NULL
add <- function(quantity, x, sd, n, population, method, confidence, ci, source)
  rows <<- rbind(rows, data.frame(quantity, x, sd, n, population, method, confidence,
                                  low = ci[1], high = ci[2], source))

# Means: one survey item of 97 answers; without a population, and as a sample of 3000 and of 97.
answers <- rep(1:5, c(3, 10, 30, 34, 20))
m <- mean(answers); s <- sd(answers)
for (level in c(.9, .95))
  add("mean", m, s, 97, NA, "t", level, t.test(answers, conf.level = level)$conf.int, "t.test")
for (population in c(3000, 200, 97)) {
  design <- svydesign(ids = ~1, data = data.frame(answers), fpc = rep(population, 97))
  ci <- confint(svymean(~answers, design), level = .95, df = degf(design))
  add("mean", m, s, 97, population, "t", .95, ci, "survey::svymean")
}

# Proportions; with a population, the roots of the score equation with the hypergeometric variance.
score <- function(p, n, population, level) {
  z <- qnorm(1 - (1 - level) / 2)
  f <- function(P) (p - P)^2 - z^2 * P * (1 - P) / n * (population - n) / (population - 1)
  c(uniroot(f, c(0, p), tol = 1e-14)$root, uniroot(f, c(p, 1), tol = 1e-14)$root)
}
for (x in c(0, 1, 10, 62, 97)) {
  add("proportion", x, NA, 97, NA, "wilson", .95, prop.test(x, 97, correct = FALSE)$conf.int, "prop.test")
  add("proportion", x, NA, 97, NA, "beta", .95, binom.test(x, 97)$conf.int, "binom.test")
}
for (x in c(10, 62)) for (population in c(3000, 150))
  add("proportion", x, NA, 97, population, "wilson", .95, score(x / 97, 97, population, .95), "uniroot")

# Detectable difference, equal and unequal groups (x and n are the group sizes).
power <- function(delta, a, b, sd) {
  ncp <- delta / sd / sqrt(1 / a + 1 / b); q <- qt(.975, a + b - 2)
  pt(q, a + b - 2, ncp, lower.tail = FALSE) + pt(-q, a + b - 2, ncp)
}
d <- power.t.test(n = 40, sd = .58, power = .8, strict = TRUE, tol = 1e-12)$delta
add("detectable", 40, .58, 40, NA, "t", .95, c(d, d), "power.t.test")
d <- uniroot(function(x) power(x, 28, 69, .58) - .8, c(.01, 5), tol = 1e-12)$root
add("detectable", 28, .58, 69, NA, "t", .95, c(d, d), "pt")

# Student's sleep data (1908): the two groups of ten, pooled variance.
test <- t.test(extra ~ group, data = sleep, var.equal = TRUE)
add("t", NA, NA, 20, NA, "t", .95, rep(-test$statistic, 2), "t.test")
add("p", NA, NA, 20, NA, "t", .95, rep(test$p.value, 2), "t.test")
add("pooled_sd", NA, NA, 20, NA, "t", .95, rep(sigma(lm(extra ~ group, sleep)), 2), "lm")
add("difference", NA, NA, 20, NA, "t", .95, rep(diff(test$estimate), 2), "t.test")

rows[] <- lapply(rows, function(v) if (is.numeric(v)) ifelse(is.na(v), NA, sprintf("%.15g", v)) else v)
write.csv(rows, row.names = FALSE, quote = FALSE, na = "")
