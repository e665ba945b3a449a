# Reference values for tests/test_scales.py: Rscript relations.R > relations.csv   (R 4.2.2)
a <- c(1, 2, 2, 3, 4, 4, 5, 5, 3, 1, 2, 5)
b <- c(2, 1, 3, 3, 5, 4, 4, 5, 2, 1, 3, 4)
c <- c(5, 3, 4, 4, 1, 2, 2, 1, 3, 4, 5, 3)
rows <- NULL
for (pair in list(list("a", "b", a, b), list("a", "c", a, c))) {
  ranks <- cor.test(rank(pair[[3]]), rank(pair[[4]]))     # t approximation on ranks, as with ties
  rows <- rbind(rows, data.frame(first = pair[[1]], second = pair[[2]], estimate = ranks$estimate, p = ranks$p.value))
}
rows$p_holm <- p.adjust(rows$p, "holm")
write.csv(format(rows, digits = 15), row.names = FALSE, quote = FALSE)
