# Draws scaling.png from scaling.csv. To run it again, in this folder: gnuplot scaling.gp
reset
if (!exists('image')) image = 'scaling.png'
set terminal pngcairo noenhanced size 1100,760 font 'DejaVu Sans,11' background '#ffffff'
set output image
set encoding utf8
set datafile separator comma
set border 3 back lc rgb '#999999' lw 1
set tics out nomirror scale 0.5 textcolor rgb '#333333'
set grid back lt 1 lc rgb '#dddddd' lw 1
set errorbars small
set label 1 'Time against size' at screen 0.01818,0.96842 left font ',14' textcolor rgb '#222222'

set lmargin at screen 0.09418
set rmargin at screen 0.97273
set bmargin at screen 0.07632
set tmargin at screen 0.89737
set key at screen 0.09418,0.90658 left bottom horizontal Left reverse maxcols 2 samplen 2.2 textcolor rgb '#333333'
set xlabel 'size' textcolor rgb '#333333'
set label 4 'time [µs]' at screen 0.01636,0.48684 center rotate by 90 textcolor rgb '#333333'
set logscale x
set logscale y
set xrange [27.857618025475972:1176.267115516964]
set yrange [1.6507969887702323:46122.06544294367]
set grid xtics
set xtics norotate scale 0.5 ('50' 5e1, '100' 1e2, '200' 2e2, '500' 5e2, '1000' 1e3)
set grid ytics
set ytics scale 0.5 ('10' 1e1, '100' 1e2, '1000' 1e3, '10 000' 1e4)
plot 'scaling.csv' skip 1 using 1:2 with linespoints dt 1 lw 1.8 lc rgb '#0072B2' pt 7 ps 1.0 title 'mm', \
  'scaling.csv' skip 1 using 1:3 with linespoints dt '-' lw 1.8 lc rgb '#D55E00' pt 5 ps 1.0 title 'mm-both'
unset label
unset object
unset arrow
unset output
