# Draws times.png from times.csv. To run it again, in this folder: gnuplot times.gp
reset
if (!exists('image')) image = 'times.png'
set terminal pngcairo noenhanced size 1100,1640 font 'DejaVu Sans,11' background '#ffffff'
set output image
set encoding utf8
set datafile separator comma
set border 3 back lc rgb '#999999' lw 1
set tics out nomirror scale 0.5 textcolor rgb '#333333'
set grid back lt 1 lc rgb '#dddddd' lw 1
set errorbars small
set label 1 'Time of an iteration: median and its 95 % interval' at screen 0.01818,0.98537 left font ',14' textcolor rgb '#222222'

set lmargin at screen 0.26236
set rmargin at screen 0.97273
set bmargin at screen 0.03537
set tmargin at screen 0.96463
unset key
set xlabel 'time [µs]' textcolor rgb '#333333'
set label 4 '' at screen 0.01636,0.5 center rotate by 90 textcolor rgb '#333333'
set logscale x
unset logscale y
set xrange [1.1529725835122606:83017.00471864009]
set yrange [73.5:0.5]
set grid xtics
set xtics norotate scale 0.5 ('10' 1e1, '100' 1e2, '1000' 1e3, '10 000' 1e4)
set grid noytics
set ytics scale 0 ('epoch/mlp-4000' 1, 'mm-both/1024' 2, 'start-up/mlp-32' 3, 'cnn-64' 4, 'convolution-both/64x32x26x26' 5, 'mm/1024' 6, 'mlp-512' 7, 'convolution/64x32x26x26' 8, 'mm-both/512' 9, 'cross-entropy-both/4096x1000' 10, 'chain-both/1048576' 11, 'mlp-adam-128' 12, 'mlp-128-persistent' 13, 'mlp-128' 14, 'mm-layer-both/128x784x512' 15, 'cross-entropy/4096x1000' 16, 'mm/512' 17, 'max-pool-both/64x32x24x24' 18, 'lenet5-64' 19, 'chain/1048576' 20, 'convolution-both/64x1x28x28' 21, 'layer-norm-both/4096x256' 22, 'softmax-both/4096x256' 23, 'load/csv' 24, 'mlp-32' 25, 'mm-both/256' 26, 'mm-layer-both/128x512x256' 27, 'max-rows-both/4096x256' 28, 'mm-layer/128x784x512' 29, 'softmax/4096x256' 30, 'broadcast-columns-both/4096x256' 31, 'max-pool/64x32x24x24' 32, 'optimizer/adam' 33, 'exp-both/1048576' 34, 'broadcast-rows-both/4096x256' 35, 'layer-norm/4096x256' 36, 'add-both/1048576' 37, 'relu-both/1048576' 38, 'optimizer/rmsprop' 39, 'exp/1048576' 40, 'convolution/64x1x28x28' 41, 'load/idx' 42, 'sum-rows-both/4096x256' 43, 'sum-both/1048576' 44, 'mm-layer/128x512x256' 45, 'mm/256' 46, 'add/1048576' 47, 'sum-columns-both/4096x256' 48, 'broadcast-rows/4096x256' 49, 'broadcast-columns/4096x256' 50, 'optimizer/momentum' 51, 'relu/1048576' 52, 'max-rows/4096x256' 53, 'mm-both/128' 54, 'sum/1048576' 55, 'sum-rows/4096x256' 56, 'sum-columns/4096x256' 57, 'optimizer/sgd' 58, 'mm-layer-both/128x256x10' 59, 'graph/rebuild' 60, 'mm/128' 61, 'graph/replay' 62, 'mm-both/64' 63, 'cross-entropy-both/512x10' 64, 'mm-layer/128x256x10' 65, 'cross-entropy/512x10' 66, 'graph/build' 67, 'mm/64' 68, 'linear-regression' 69, 'mm-both/32' 70, 'mm-layer-both/64x13x1' 71, 'mm/32' 72, 'mm-layer/64x13x1' 73)
plot 'times.csv' skip 1 using 3:($1 + 0):($4 <= 1.1529725835122606 ? 1.1529725835122606 : $4):5 with xerrorbars pt 7 ps 1.0 lc rgb '#0072B2' lw 1.6 notitle
unset label
unset object
unset arrow
unset output
