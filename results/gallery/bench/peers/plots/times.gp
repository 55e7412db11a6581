# Draws times.png from times.csv. To run it again, in this folder: gnuplot times.gp
reset
if (!exists('image')) image = 'times.png'
set terminal pngcairo noenhanced size 1100,320 font 'DejaVu Sans,11' background '#ffffff'
set output image
set encoding utf8
set datafile separator comma
set border 3 back lc rgb '#999999' lw 1
set tics out nomirror scale 0.5 textcolor rgb '#333333'
set grid back lt 1 lc rgb '#dddddd' lw 1
set errorbars small
set label 1 'Time of an iteration: median and its 95 % interval' at screen 0.01818,0.925 left font ',14' textcolor rgb '#222222'

set lmargin at screen 0.15291
set rmargin at screen 0.97273
set bmargin at screen 0.18125
set tmargin at screen 0.63125
set key at screen 0.15291,0.65312 left bottom horizontal Left reverse maxcols 3 samplen 2.2 textcolor rgb '#333333'
set xlabel 'time [µs]' textcolor rgb '#333333'
set label 4 '' at screen 0.01636,0.40625 center rotate by 90 textcolor rgb '#333333'
set logscale x
unset logscale y
set xrange [3.686646918831003:240093.52727563848]
set yrange [7.5:0.5]
set grid xtics
set xtics norotate scale 0.5 ('10' 1e1, '100' 1e2, '1000' 1e3, '10 000' 1e4, '100 000' 1e5)
set grid noytics
set ytics scale 0 ('cnn-64' 1, 'mlp-512' 2, 'mlp-adam-128' 3, 'mlp-128' 4, 'lenet5-64' 5, 'mlp-32' 6, 'linear-regression' 7)
plot 'times.csv' skip 1 using 3:($1 + -0.2571428571428571):($4 <= 3.686646918831003 ? 3.686646918831003 : $4):5 with xerrorbars pt 7 ps 1.0 lc rgb '#0072B2' lw 1.6 title 'neuronika', \
  'times.csv' skip 1 using 6:($1 + -0.17142857142857143):($7 <= 3.686646918831003 ? 3.686646918831003 : $7):8 with xerrorbars pt 5 ps 1.0 lc rgb '#D55E00' lw 1.6 title 'PyTorch', \
  'times.csv' skip 1 using 9:($1 + -0.08571428571428572):($10 <= 3.686646918831003 ? 3.686646918831003 : $10):11 with xerrorbars pt 9 ps 1.0 lc rgb '#009E73' lw 1.6 title 'PyTorch compile', \
  'times.csv' skip 1 using 12:($1 + 0):($13 <= 3.686646918831003 ? 3.686646918831003 : $13):14 with xerrorbars pt 13 ps 1.0 lc rgb '#E69F00' lw 1.6 title 'JAX', \
  'times.csv' skip 1 using 15:($1 + 0.08571428571428572):($16 <= 3.686646918831003 ? 3.686646918831003 : $16):17 with xerrorbars pt 11 ps 1.0 lc rgb '#56B4E9' lw 1.6 title 'NumPy', \
  'times.csv' skip 1 using 18:($1 + 0.17142857142857143):($19 <= 3.686646918831003 ? 3.686646918831003 : $19):20 with xerrorbars pt 6 ps 1.0 lc rgb '#CC79A7' lw 1.6 title 'limit', \
  'times.csv' skip 1 using 21:($1 + 0.2571428571428571):($22 <= 3.686646918831003 ? 3.686646918831003 : $22):23 with xerrorbars pt 4 ps 1.0 lc rgb '#0072B2' lw 1.6 title 'PyTorch channels-last'
unset label
unset object
unset arrow
unset output
